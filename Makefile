# Rollcall. `make help` lists the targets.
MODE ?= debug
CC ?= gcc
B := build/$(MODE)

PKGS := json-c libpq libcrypto libutf8proc
OUR_CPPFLAGS := -Ilib -Icgi -Itests -D_GNU_SOURCE $(shell pkg-config --cflags $(PKGS))
OUR_CFLAGS := -std=c11 -Wall -Wextra -Wshadow -Wvla -Wwrite-strings -Wmissing-prototypes -Wstrict-prototypes -g
OUR_LIBS := $(shell pkg-config --libs $(PKGS)) -lfcgi
ifeq ($(MODE),debug)
OUR_CFLAGS += -O1
endif
ifeq ($(MODE),asan)
OUR_CFLAGS += -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OUR_LDFLAGS += -fsanitize=address,undefined
endif

LIB_SRC := $(wildcard lib/*/*.c)
CGI_SRC := $(wildcard cgi/*.c)
TEST_SRC := $(wildcard tests/*.c tests/base/*.c tests/scim/*.c tests/store/*.c tests/web/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/librollcall.a: $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

-include $(shell find build -name '*.d' 2>/dev/null)
