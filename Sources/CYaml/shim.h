// libyaml as Swift sees it. No logic.
#ifndef KAPO_CYAML_SHIM_H
#define KAPO_CYAML_SHIM_H

#include <yaml.h>

#endif
