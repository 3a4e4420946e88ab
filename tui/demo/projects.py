"""The demo's three apps as their developers have them: sources, Dockerfiles, one configuration.

storefront   goes well; its next version, which somebody has pushed already, never becomes healthy
payments     has drifted from what was deployed, and its scan has found something
mailer       its last deploy was undone, and its Dockerfile fails in a line
"""

from __future__ import annotations

CONFIG = """\
# The demo's own configuration: it goes with the demo.

[policy]
require_tests = true

[apps.storefront]
image = "{registry}/shop/storefront"

[apps.storefront.build]
context = "{folder}/storefront"

[apps.storefront.run]
environment = {{ PORT = "3000", CURRENCY = "EUR" }}

[apps.storefront.ready]
timeout = 30
bake = 1

[apps.storefront.test]
command = ["sh", "test.sh"]

[apps.payments]
image = "{registry}/shop/payments"

[apps.payments.build]
context = "{folder}/payments"

[apps.payments.run]
environment = {{ PORT = "4000", PROVIDER = "https://pay.example.com" }}

[apps.payments.ready]
timeout = 30
bake = 1

[apps.payments.test]
command = ["sh", "test.sh"]

[apps.payments.scan]
fail_on = "critical"

[apps.mailer]
image = "{registry}/shop/mailer"

[apps.mailer.build]
context = "{folder}/mailer"

[apps.mailer.ready]
timeout = 30
bake = 1

[apps.mailer.test]
command = ["sh", "test.sh"]
"""
"""What to run, and how: with the registry's address, and the folder of the projects."""

HEALTHCHECK = """\
HEALTHCHECK --interval=2s --start-period=6s --start-interval=300ms --retries=3 CMD sh health.sh
"""

STOREFRONT = {
    "Dockerfile": f"""\
FROM node:22-alpine
WORKDIR /srv
COPY package.json .
RUN echo "added 214 packages in 3s" && sleep 0.6
COPY . .
RUN echo "vite v6.0.1 building for production..." && sleep 0.8 && echo "dist/assets/index.js  214.07 kB"
{HEALTHCHECK}EXPOSE 3000
CMD ["storefront", "--port", "3000"]
""",
    "package.json": '{ "name": "storefront", "private": true }\n',
    "health.sh": "echo ok\n",
    "test.sh": """\
echo "cart.test.ts      14 passed"
sleep 0.3
echo "checkout.test.ts   9 passed"
sleep 0.3
echo "search.test.ts    11 passed"
""",
    "server.ts": 'listen(3000, () => console.log("storefront listens on :3000"))\n',
}

PAYMENTS = {
    "Dockerfile": f"""\
FROM python:3.12-slim
WORKDIR /srv
COPY requirements.txt .
RUN echo "Successfully installed fastapi-0.115.6 httpx-0.28.1 uvicorn-0.34.0" && sleep 0.5
COPY . .
{HEALTHCHECK}EXPOSE 4000
CMD ["uvicorn", "payments:app", "--port", "4000"]
""",
    "requirements.txt": "fastapi==0.115.6\nhttpx==0.28.1\nuvicorn==0.34.0\n",
    "health.sh": "echo ok\n",
    "settings.ini": "[limits]\nrefunds_a_day = 20\n",
    "test.sh": 'echo "tests/test_refunds.py ......" && sleep 0.4 && echo "6 passed in 0.41s"\n',
}

MAILER = {
    "Dockerfile": f"""\
FROM python:3.12-slim
WORKDIR /srv
COPY . .
RUN sh compile-templates.sh
{HEALTHCHECK}CMD ["mailer", "--queue", "default"]
""",
    "health.sh": "echo ok\n",
    "compile-templates.sh": """\
echo "templates/welcome.mjml ok"
sleep 0.4
echo "templates/invoice.mjml ok"
sleep 0.4
echo "templates/reminder.mjml:17: the tag mj-section is not closed" >&2
exit 1
""",
    "test.sh": 'echo "3 passed"\n',
}

PROJECTS = {"storefront": STOREFRONT, "payments": PAYMENTS, "mailer": MAILER}

FAILING = {
    "storefront": {
        "health.sh": 'echo "GET :3000/health: connection refused" && exit 1\n',
        "Dockerfile": STOREFRONT["Dockerfile"].replace(
            'CMD ["storefront", "--port", "3000"]',
            'CMD ["sh", "-c", "trap \'exit 0\' TERM; echo storefront 1.5.0; while true; do '
            'echo waiting for sessions: connect ECONNREFUSED redis://sessions:6379 >&2; sleep 2; done"]',
        ),
    },
    "mailer": {
        "Dockerfile": MAILER["Dockerfile"].replace("RUN sh compile-templates.sh\n", ""),
        "health.sh": 'echo "SMTP 421: too many connections" && exit 1\n',
    },
}
"""What differs in the version of an app that does not become healthy."""
