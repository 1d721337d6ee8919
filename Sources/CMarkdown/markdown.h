// The Markdown parser of the system (md4c): callbacks for blocks, spans and text.
#include <md4c.h>
