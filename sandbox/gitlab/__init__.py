"""A GitLab-compatible server: store, API, Git over HTTPS, Git over SSH."""
