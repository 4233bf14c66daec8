"""The operators' desk: pages under ``/desk``, and who may open them."""
