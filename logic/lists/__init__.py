"""What a list of records shows to whom: columns, filters, order, saved views."""
