/* A library that is no plugin. */
int abi_no_symbol(void);
int abi_no_symbol(void) {
  return 0;
}
