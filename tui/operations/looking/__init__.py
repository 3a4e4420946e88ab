"""What is so: releases, drift, versions, images; nothing here changes anything."""
