"""The web portal: server-rendered pages over the other services' APIs."""
