"""Runs one server of OpenStack Swift with swift.conf out of a folder of ours, so that nothing is
written below /etc.  swift_server.py KIND CONF SWIFT_DIR"""
import sys

from swift.common.utils import set_swift_dir

kind, conf, folder = sys.argv[1:4]
set_swift_dir(folder)  # before anything reads the policies

from swift.common.wsgi import run_wsgi  # noqa: E402

options = {}
if kind == "object":
    from swift.obj import server
    options["global_conf_callback"] = server.global_conf_callback
sys.exit(run_wsgi(conf, kind + "-server", **options))
