"""The Teams app package. A build tool: the product never imports it."""
