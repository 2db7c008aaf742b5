/* A shared library, whose calls nobody wraps. */
void is_outside(void) {}
