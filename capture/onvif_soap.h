// SPDX-License-Identifier: Apache-2.0
// SOAP as ONVIF devices speak it: what is said to them and what they answer (SOAP 1.2; WS-Security
// UsernameToken profile 1.0, with a digest).
//
// Answers may be hostile: they have at most SOAP_ANSWER_MAX bytes and no document type, entities
// are not taken and nothing is fetched. Elements are known by their local names alone: makers
// differ in prefixes, and some in namespaces. Pure but for the nonce; any thread, after
// xmlInitParser.
#pragma once
#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>

enum { SOAP_ANSWER_MAX = 512 << 10, SOAP_TEXT_MAX = 100 };

// at_ms: by the device's clock, else it refuses what looks old to it.
typedef struct {
    const char *user, *password;
    int64_t at_ms;
} SoapLogin;

// An envelope around the body's element. login NULL: without. The caller frees.
char *soap_request(const char *body, const SoapLogin *login);

// NULL: not an XML document of these limits. The caller frees with xmlFreeDoc.
xmlDoc *soap_parse(const char *bytes, size_t size, size_t max);

typedef struct {
    xmlDoc *document;
    xmlNode *content; // the element in the body; the document's
    bool is_fault;
} SoapAnswer;

// False: not an envelope with an element in its body.
bool soap_answer_parse(const char *bytes, size_t size, SoapAnswer *ret_answer);
void soap_answer_done(SoapAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SoapAnswer, soap_answer_done)

// What kind of fault an answer is.
typedef enum { FAULT_OTHER, FAULT_LOGIN, FAULT_FORBIDDEN, FAULT_LOCKED } SoapFault;
SoapFault soap_fault(const SoapAnswer *answer);
// Whether a text tells of a locked account ("lock", "locked", but not "clock").
bool soap_is_locked(const char *text);

// The first element of this name below the node; NULL: none, also where node is NULL.
xmlNode *soap_below(xmlNode *node, const char *name);
// The next sibling of this name, from the node itself on.
xmlNode *soap_next(xmlNode *node, const char *name);
// The text of the first element of this name below the node, without blanks around it; NULL: none,
// or longer than max bytes. The caller frees.
char *soap_text(xmlNode *node, const char *name, size_t max);
// The same for people: printable, cut at SOAP_TEXT_MAX characters; NULL: nothing that could be
// shown.
char *soap_words(xmlNode *node, const char *name);
char *soap_shown(const char *text);
// 0 where there is no such number between 0 and max.
double soap_number(xmlNode *node, const char *name, double max);
