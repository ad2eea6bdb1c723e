"""What Ansible answers to host patterns.

Reads from standard input a JSON list of {"file": name, "text": inventory, "patterns": [pattern, ...]} and prints a list of
{"refused": bool, "shuffled": bool, "answers": [[host, ...], ...]}. `shuffled`: Ansible orders the hosts of some group anew
in every process, so that their order says nothing. An answer is null where Ansible makes an error of the pattern.
"""

import json
import os
import sys
import tempfile

folder = tempfile.TemporaryDirectory()
empty = os.path.join(folder.name, "ansible.cfg")
with open(empty, "w", encoding="utf-8"):
    pass
os.environ["ANSIBLE_CONFIG"] = empty
os.environ["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"] = "1"
os.environ["ANSIBLE_HOST_PATTERN_MISMATCH"] = "ignore"
os.environ["ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS"] = "ignore"

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.utils.display import Display

Display.warning = lambda *_args, **_named: None


def is_shuffled(group):
    """Whether a level of what stands below a group is walked as a set of several groups that have children."""
    seen = set()
    level = set(group.child_groups)
    while level:
        seen |= level
        below = [child for one in level for child in one.child_groups if child not in seen]
        parents = [one for one in level if any(child not in seen for child in one.child_groups)]
        if len(parents) > 1:
            return True
        level = set(below)
    return False


def answer(manager, pattern):
    try:
        return [host.name for host in manager.get_hosts(pattern)]
    except AnsibleError:
        return None


def ask(case):
    path = os.path.join(folder.name, case["file"])
    with open(path, "w", encoding="utf-8") as file:
        file.write(case["text"])
    C.INVENTORY_ENABLED = ["yaml"] if case["file"].endswith((".yml", ".yaml", ".json")) else ["ini"]
    try:
        manager = InventoryManager(loader=DataLoader(), sources=[path])
    except Exception:
        # A group below itself raises a bare Exception in some versions.
        return {"refused": True, "shuffled": False, "answers": []}
    return {
        "refused": False,
        "shuffled": any(is_shuffled(group) for group in manager.groups.values()),
        "answers": [answer(manager, pattern) for pattern in case["patterns"]],
    }


json.dump([ask(case) for case in json.load(sys.stdin)], sys.stdout)
