"""From a recipe's words to pictures: what of ``rendering`` an output asks for, and with which numbers."""
