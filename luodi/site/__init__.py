"""Pages that mix modules: home, menu, help; and what a running site needs: settings, routes, server."""
