"""材料编写: the list, one draft to read and to write, its way to the signature, its versions, templates."""
