// What the Swift runtime does by way of /proc, done without: in an empty root there is no /proc.

#include "CLinux.h"

// The runtime reads the arguments from /proc/self/cmdline. The C library hands them to each constructor.
static char **arguments;

__attribute__((constructor)) static void keep_arguments(int argc, char **argv, char **environment) {
    (void)argc;
    (void)environment;
    arguments = argv;
}

char **kapo_arguments(void) { return arguments; }

// The runtime looks for its crash reporter before main, by way of /proc/self/exe, and aborts where that is
// missing. Kapo ships no crash reporter: there is nothing to look for.
const char *swift_copyAuxiliaryExecutablePath(const char *name);

const char *swift_copyAuxiliaryExecutablePath(const char *name) {
    (void)name;
    return 0;
}
