"""What a sandbox uses: CPU by program, requests by client, and what is awaited."""
