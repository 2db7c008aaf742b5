int use_noisy(void);
int use_counter(void);

int main(void) { return use_noisy() != 0 || use_counter() != 0; }
