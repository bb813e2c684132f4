"""Evidence documents: taken in, attached to what they prove, asked for where they are missing."""
