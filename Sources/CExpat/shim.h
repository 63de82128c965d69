// expat as Swift sees it. No logic.
#ifndef KAPO_CEXPAT_SHIM_H
#define KAPO_CEXPAT_SHIM_H

#include <expat.h>

#endif
