"""Word templates of the documents (the .docx files of this folder), how they are filled and checked."""
