"""`holdfast completion SHELL`: what makes a shell complete its arguments.

The scripts know nothing themselves: they ask `holdfast __complete`, which answers from the parser. So what
was once put into a shell's folder is right after every update (decision 164).
"""

from __future__ import annotations

from tui.cli.output import answer

BASH = r"""# holdfast: completion for bash. In ~/.bashrc: eval "$(holdfast completion bash)"
_holdfast() {
    local line kind=''
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
        :*) kind=$line ;;
        ?*) COMPREPLY+=("$line") ;;
        esac
    done < <(
        command holdfast __complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null
    )
    case $kind in
    :file) compopt -o default 2>/dev/null ;;
    :folder) compopt -o dirnames 2>/dev/null ;;
    esac
    [[ ${#COMPREPLY[@]} -lt 2 ]] || compopt -o nosort 2>/dev/null
    return 0
}
complete -F _holdfast holdfast
"""

ZSH = r"""#compdef holdfast
# holdfast: completion for zsh. As _holdfast in a folder of $fpath, or in ~/.zshrc behind compinit:
# eval "$(holdfast completion zsh)"
_holdfast() {
    local -a said before
    before=("${(@Q)words[2,CURRENT-1]}")
    said=("${(@f)$(command holdfast __complete zsh "$before[@]" "$PREFIX" 2>/dev/null </dev/null)}")
    case $said[1] in
    :file) compset -P '--*='; _files ;;
    :folder) compset -P '--*='; _files -/ ;;
    ?*) _describe -V holdfast said ;;
    *) return 1 ;;
    esac
}
if [[ $funcstack[1] == _holdfast ]]; then
    _holdfast "$@"
else
    compdef _holdfast holdfast
fi
"""

FISH = r"""# holdfast: completion for fish. As ~/.config/fish/completions/holdfast.fish
function __holdfast_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l said (command holdfast __complete fish $words[2..] "$word" 2>/dev/null </dev/null)
    switch "$said[1]"
        case :file
            __fish_complete_path "$word"
        case :folder
            __fish_complete_directories "$word" ''
        case '*'
            string join \n -- $said
    end
end
complete -c holdfast -f -k -a '(__holdfast_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def run(shell: str) -> int:
    """Print it; the exit status."""
    answer(SCRIPTS[shell])
    return 0
