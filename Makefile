# Rollcall. `make help` lists the targets.
#   MODE=debug|release|asan   CC=gcc|clang   STATE=dir and PORT=number for run, start and stop
# CFLAGS, CPPFLAGS and LDFLAGS are the builder's; ours are OUR_*.

RUN_MODE := $(or $(MODE),release)
MODE  ?= debug
STATE ?= var
PORT  ?= 8080
PREFIX ?= /usr/local
RUNS  ?= 1000000
JOBS  ?= $(shell nproc)
ifeq ($(origin CC),default)
CC := gcc
endif
B := build/$(MODE)$(if $(findstring clang,$(CC)),-clang)
MAKEFLAGS += --no-print-directory
# The parts that need installed packages run in a second make, which sees what the first has installed.
REMAKE = $(MAKE) -j$(JOBS)

PKGS := json-c libpq libcrypto libutf8proc libcurl
OUR_CPPFLAGS := -Ilib -Icgi -Itests -D_GNU_SOURCE $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
OUR_CFLAGS := -std=c11 -g -Wall -Wextra -Wshadow -Wvla -Wwrite-strings -Wmissing-prototypes \
	-Wstrict-prototypes
OUR_LDFLAGS :=
# lib/base/http.c loads libcurl itself.
OUR_LIBS := $(shell pkg-config --libs $(filter-out libcurl,$(PKGS)) 2>/dev/null) -lfcgi
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# Not under the sanitizers: their own code makes gcc warn where nothing is wrong.
ifeq ($(CI)$(filter asan fuzz,$(MODE)),true)
OUR_CFLAGS += -Werror
endif

ifeq ($(MODE),debug)
OUR_CFLAGS += -O1
else ifeq ($(MODE),release)
OUR_CFLAGS += -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
OUR_LDFLAGS += -pie -Wl,-z,relro,-z,now
else ifeq ($(MODE),asan)
OUR_CFLAGS += -O1 $(SANITIZE)
OUR_LDFLAGS += $(SANITIZE)
else ifeq ($(MODE),fuzz)
OUR_CFLAGS += -O1 $(SANITIZE) -fsanitize=fuzzer-no-link
OUR_LDFLAGS += $(SANITIZE)
else
$(error MODE is debug, release or asan, not $(MODE))
endif

objects = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)))
LIB_OBJ := $(call objects,lib/*/*.c)
CGI_OBJ := $(call objects,cgi/*.c)
TEST_OBJ := $(call objects,tests/*.c tests/base/*.c tests/scim/*.c tests/store/*.c tests/web/*.c)
REPLAY := $(patsubst tests/fuzz/fuzz_%.c,$(B)/replay_%,$(wildcard tests/fuzz/fuzz_*.c))
LINK = $(CC) $(OUR_CFLAGS) $(CFLAGS) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $^

.PHONY: all deps test test-build lint tidy format format-check fuzz bench bench-build bench-compare migrate run start stop reset install clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/rollcall ## the program, build/$(MODE)/rollcall

$(B)/rollcall: $(CGI_OBJ) $(B)/librollcall.a
	$(LINK) $(OUR_LIBS)

$(B)/librollcall.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/unit: $(TEST_OBJ) $(filter-out $(B)/cgi/main.o,$(CGI_OBJ)) $(B)/librollcall.a
	$(LINK) -lcunit $(OUR_LIBS)

$(B)/replay_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o $(B)/librollcall.a
	$(LINK) $(OUR_LIBS)

$(B)/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/librollcall.a
	$(LINK) -fsanitize=fuzzer $(OUR_LIBS)

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The assembler takes these in.
$(B)/lib/web/asset.o: $(wildcard lib/web/assets/*)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

deps: ## install the Debian packages that are missing
	@tools/deps build run test lint

test: ## every test, from nothing: MODE=debug or asan
	@tools/deps build run test
	@$(REMAKE) MODE=$(MODE) CC=$(CC) test-build
	@tools/test $(B)

test-build: $(B)/rollcall $(B)/unit $(REPLAY)

lint: ## floors and house rules, headers, settings, SQL, server configurations, scripts, format, clang-tidy
	@tools/deps build run test lint
	@$(REMAKE) MODE=$(MODE) CC=$(CC) $(B)/rollcall
	@tools/layers
	@tools/lint-headers $(CC) $(OUR_CPPFLAGS)
	@tools/lint-sql
	@tools/lint-settings $(B)/rollcall
	@tools/lint-conf
	@shellcheck $$(grep -lIrE '^#!.*\b(ba)?sh$$' tools .ci tests)
	@$(MAKE) format-check tidy

tidy: ## clang-tidy with the size limits of .clang-tidy
	@tools/lint-tidy $(JOBS) $(OUR_CPPFLAGS) -std=c11

FORMAT := clang-format --style=file $(wildcard lib/*/*.[ch] cgi/*.[ch] tests/*.[ch] tests/*/*.[ch] bench/*.[ch])
format: ## lay out the C files
	$(FORMAT) -i

format-check:
	@$(FORMAT) --dry-run -Werror && echo "format: ok"

fuzz: ## run one fuzzer with clang: T=json|filter|path|patch|members|bulk|schema|v1_patch RUNS=1000000
	@$(REMAKE) MODE=fuzz CC=clang build/fuzz-clang/fuzz_$(T)
	@mkdir -p build/fuzz-clang/corpus/$(T) tests/fuzz/corpus/$(T)
	build/fuzz-clang/fuzz_$(T) -runs=$(RUNS) -artifact_prefix=build/fuzz-clang/ \
		build/fuzz-clang/corpus/$(T) tests/fuzz/corpus/$(T)

# Both are programs of the benchmark alone.
$(B)/bench/hello: $(B)/bench/hello.o $(B)/bench/trips.o
	$(LINK) -lfcgi -lpq

$(B)/bench/load: $(B)/bench/load.o
	$(LINK)

bench-build: $(B)/rollcall $(B)/bench/hello $(B)/bench/load

bench: ## what a request costs, held against its floor: QUICK=1 for a look, MINUTES=25, BENCH='--only get-user' for one
	@tools/deps build run bench
	@$(REMAKE) MODE=release CC=$(CC) bench-build
	@bench/bench --build build/release$(if $(findstring clang,$(CC)),-clang) $(if $(QUICK),--quick) $(if $(MINUTES),--minutes $(MINUTES)) $(BENCH)

bench-compare: ## two results: OLD=bench/results/….json NEW=bench/results/latest.json
	@bench/compare "$(OLD)" "$(or $(NEW),bench/results/latest.json)"

migrate: ## bring a database up to date: DATABASE_URL=...
	@tools/migrate "$(DATABASE_URL)"

run start: ## a complete Rollcall on this machine, in the foreground or behind: STATE=var PORT=8080 BASE_URL=https://…
	@tools/deps build run
	@$(REMAKE) MODE=$(RUN_MODE) CC=$(CC) all
	@STATE="$(STATE)" PORT="$(PORT)" BASE_URL="$(BASE_URL)" BINARY=build/$(RUN_MODE)$(if $(findstring clang,$(CC)),-clang)/rollcall tools/dev $@

stop: ## end what `make start` began; the data stays in $(STATE)
	@STATE="$(STATE)" tools/dev stop

reset: ## stop, and forget all that is in $(STATE)
	@STATE="$(STATE)" tools/dev reset

conf/rollcall.conf.sample: $(B)/rollcall ## the settings, as the program describes them
	$(B)/rollcall settings >$@

install: ## build for release and copy to $(DESTDIR)$(PREFIX)
	@$(REMAKE) MODE=release CC=$(CC) all
	PREFIX="$(PREFIX)" tools/install build/release$(if $(findstring clang,$(CC)),-clang)/rollcall "$(DESTDIR)"

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z][^:]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r t d; do printf '%-26s %s\n' "$$t" "$$d"; done
