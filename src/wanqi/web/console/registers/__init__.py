"""The registers of the house behind one list, one detail page, one form; each is an object of `spec.Register`."""
