# SPDX-License-Identifier: Apache-2.0
"""A person at a browser, without the page: a session with its cookies and its token."""
import requests

PASSWORD = "Qingshi-hall-2026"


def add_person(box, name, role, staff=None):
    """A user of the box."""
    more = ("--staff", staff) if staff else ()
    box.command("user", "add", name, "--role", role, "--password-stdin", *more, "--data", box.data, stdin=PASSWORD + "\n")
    return Person(box, name)


class Person:
    def __init__(self, box, name, password=PASSWORD):
        self.box, self.browser, self.csrf = box, requests.Session(), None
        self.login = self.call("POST", "/session", {"name": name, "password": password})
        if self.login.status_code == 200:
            self.csrf = self.login.json()["csrf"]

    def call(self, method, path, content=None, **headers):
        return self.browser.request(method, f"{self.box.url}/api/v1{path}", json=content, headers=headers, timeout=15,
                                    verify=False)

    def do(self, method, path, content=None, status=None, data=None):
        """The JSON of a call with the token that must succeed, or answer with status."""
        answer = self.browser.request(method, f"{self.box.url}/api/v1{path}", json=content, data=data, timeout=15, verify=False,
                                      headers={"X-CSRF-Token": self.csrf})
        wanted = answer.status_code < 300 if status is None else answer.status_code == status
        assert wanted, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()
