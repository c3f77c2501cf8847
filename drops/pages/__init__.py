"""The game's pages. A view loads through `visible_to`, checks shape with a form, calls one verb and redirects."""
