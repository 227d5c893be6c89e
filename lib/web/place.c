/* SPDX-License-Identifier: MIT */
/* The table of mounts, read the other way round. */
#include "web/place.h"

#include "base/text.h"
#include "web/router.h"

const char *place_base(struct call *call, enum face face, const struct uuid *directory)
{
	const char *brace;
	size_t i = 0;

	while (mounts[i].face != face)
		i++;
	brace = strchrnul(mounts[i].path, '{');
	return arena_printf(call->cx->arena, "%s%.*s%s", call->app->base_url,
		(int)(brace - mounts[i].path), mounts[i].path,
		*brace ? id_print(call->cx->arena, ID_DIRECTORY, directory) : "");
}

/* What stands behind the mount's path; NULL: it is none of its URLs. */
static const char *behind(const struct mount *mount, const char *url)
{
	const char *pattern = mount->path;
	int kept = mount->kept;

	while (*pattern) {
		if (*pattern == '{') {
			url += strcspn(url, "/?");
			pattern = strchr(pattern, '}') + 1;
		} else if (*pattern++ != *url++) {
			return NULL;
		}
	}
	if (*url && *url != '/' && *url != '?')
		return NULL;
	while (kept > 0)
		kept -= *--url == '/';
	return url;
}

struct place place_of(const char *url)
{
	struct place place = { FACE_MANAGEMENT, url, ID_USER };
	size_t i;

	for (i = 0; i < mount_count; i++) {
		const char *below = behind(&mounts[i], url);

		if (!below)
			continue;
		place.face = mounts[i].face;
		place.below = below;
		break;
	}
	if (text_istarts(place.below, strlen(place.below), "/group"))
		place.kind = ID_GROUP;
	return place;
}
