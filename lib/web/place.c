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

struct place place_of(const char *url)
{
	struct place place = { .kind = ID_USER };
	const struct mount *mount = mount_of(url, &place.below);
	int kept = mount->kept;

	place.face = mount->face;
	/* back over the segments that are the face's own: /user is below /v1 */
	while (kept > 0)
		kept -= *--place.below == '/';
	if (text_istarts(place.below, strlen(place.below), "/group"))
		place.kind = ID_GROUP;
	return place;
}
