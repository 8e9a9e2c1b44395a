"""How the captures that the package ships were made."""
