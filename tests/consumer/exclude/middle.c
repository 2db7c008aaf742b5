/* Nothing but the library below it. */
int use_noisy(void);
int use_middle(void);
int use_middle(void) { return use_noisy(); }
