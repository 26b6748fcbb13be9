// SPDX-License-Identifier: GPL-2.0
#include "modinfo.h"

#include <elf.h>
#include <endian.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "text.h"

/* What ends a file that is signed; before it stands how long the signature is, before that this. */
#define MAGIC "~Module signature appended~\n"
#define MAGIC_LEN (sizeof(MAGIC) - 1)

/* A kernel's modules are of its own word size, and so is this command. */
#if __ELF_NATIVE_CLASS == 64
#define ELF_CLASS ELFCLASS64
#define elf_header Elf64_Ehdr
#define elf_section Elf64_Shdr
#else
#define ELF_CLASS ELFCLASS32
#define elf_header Elf32_Ehdr
#define elf_section Elf32_Shdr
#endif

struct trailer {
	uint8_t algorithm, hash, id_type, signer_len, key_id_len, pad[3];
	uint32_t signature_len;		/* big-endian */
};

bool modinfo_is_readable(const char *file, size_t len)
{
	return file && len > sizeof(elf_header) && !memcmp(file, ELFMAG, SELFMAG) &&
	       file[EI_CLASS] == ELF_CLASS;
}

static bool is_inside(uint64_t offset, uint64_t size, size_t len)
{
	return offset <= len && size <= len - offset;
}

/* Headers need not be aligned in memory. */
static bool read_section(const char *file, size_t len, size_t index, elf_section *section)
{
	elf_header header;

	memcpy(&header, file, sizeof(header));
	if (header.e_shentsize != sizeof(*section) || index >= header.e_shnum ||
	    !is_inside(header.e_shoff, (uint64_t)header.e_shnum * sizeof(*section), len))
		return false;
	memcpy(section, file + header.e_shoff + index * sizeof(*section), sizeof(*section));
	/* Of such a section the file has nothing. */
	if (section->sh_type == SHT_NOBITS) {
		section->sh_offset = 0;
		section->sh_size = 0;
	}
	return is_inside(section->sh_offset, section->sh_size, len);
}

static bool find_section(const char *file, size_t len, const char *name, elf_section *found)
{
	size_t size = strlen(name) + 1;
	elf_header header;
	elf_section names;

	memcpy(&header, file, sizeof(header));
	if (!read_section(file, len, header.e_shstrndx, &names))
		return false;
	for (size_t i = 0; read_section(file, len, i, found); i++)
		if (is_inside(found->sh_name, size, names.sh_size) &&
		    !memcmp(file + names.sh_offset + found->sh_name, name, size))
			return true;
	return false;
}

/* The section is strings KEY=VALUE, each NUL-ended. */
const char *modinfo_value(const char *file, size_t len, const char *key)
{
	size_t key_len = strlen(key);
	elf_section section;
	const char *at, *end;

	if (!modinfo_is_readable(file, len) ||
	    !find_section(file, len, ".modinfo", &section))
		return NULL;
	at = file + section.sh_offset;
	for (end = at + section.sh_size; at < end;) {
		const char *nul = memchr(at, '\0', end - at);

		if (!nul)
			return NULL;
		if (!strncmp(at, key, key_len) && at[key_len] == '=')
			return at + key_len + 1;
		at = nul + 1;
	}
	return NULL;
}

bool modinfo_is_signed(const char *file, size_t len)
{
	return file && len >= MAGIC_LEN && !memcmp(file + len - MAGIC_LEN, MAGIC, MAGIC_LEN);
}

/* Where the signature begins; its length goes to @size. */
static const unsigned char *signature(const char *file, size_t len, size_t *size)
{
	struct trailer trailer;

	if (!modinfo_is_signed(file, len) || len < MAGIC_LEN + sizeof(trailer))
		return NULL;
	len -= MAGIC_LEN + sizeof(trailer);
	memcpy(&trailer, file + len, sizeof(trailer));
	*size = be32toh(trailer.signature_len);
	if (*size > len)
		return NULL;
	return (const unsigned char *)file + len - *size;
}

/*
 * The signature is PKCS#7, without certificates: its first object identifier 2.5.4.3 (common name)
 * is of the one that issued the signer's, which for module keys is the signer. The name follows as
 * a string: a tag, a length, bytes.
 */
char *modinfo_signer(const char *file, size_t len)
{
	static const unsigned char common_name[] = { 0x06, 0x03, 0x55, 0x04, 0x03 };
	size_t size, head = sizeof(common_name) + 2;
	const unsigned char *data = signature(file, len, &size);
	char *name, *escaped;

	for (; data && size > head; data++, size--) {
		size_t name_len = data[head - 1];

		if (memcmp(data, common_name, sizeof(common_name)) || name_len > size - head)
			continue;
		name = xasprintf("%.*s", (int)name_len, (const char *)data + head);
		escaped = text_escape(name);
		free(name);
		return escaped;
	}
	return NULL;
}
