"""The Debian package: what is in it, the kiosk run from what it unpacks, and its life in a fresh Debian root.

The package is built once for all of these, with the system's own Python, as on the machine of a release.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCREEN_ONLY = {"xvfb", "xauth", "xdotool"}
"""What scripts/setup installs for tests and demonstrations, which a kiosk does not need."""


def _python_suits() -> bool:
    wanted = "import ensurepip, sys, tomllib, venv; sys.exit(not sys.version_info < (3, 14))"
    try:
        return subprocess.run(["/usr/bin/python3", "-c", wanted], check=False).returncode == 0
    except FileNotFoundError:
        return False


pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("deb"),  # the package is built once
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb"),
    pytest.mark.skipif(not _python_suits(), reason="needs the system's own Python, 3.11 to 3.13 with venv"),
]


def run(
    *words: object,
    env: dict[str, str] | None = None,
    cwd: str | Path | None = None,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    command = [str(word) for word in words]
    return subprocess.run(command, env=env, cwd=cwd, check=check, capture_output=True, text=True, timeout=500)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, built in a folder whose name would be found in it."""
    folder = tmp_path_factory.mktemp("where-it-was-built")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("ANJUNGAN_", "VIRTUAL_ENV"))
    }
    # Fast rather than small: only the content is looked at.
    built = run(
        ROOT / "scripts" / "deb",
        env=environment | {"OUT": str(folder / "out"), "TMPDIR": str(folder), "DEB_COMPRESSION": "none"},
    )
    return Path(built.stdout.strip())


@pytest.fixture(scope="session")
def tree(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What it unpacks."""
    folder = tmp_path_factory.mktemp("root")
    run("dpkg-deb", "--extract", package, folder)
    return folder


def main(tree: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the unpacked program with its own libraries and nothing of this test's environment."""
    kept = {name: os.environ[name] for name in ("DISPLAY", "XAUTHORITY", "HOME") if name in os.environ}
    return run(
        tree / "opt/anjungan/venv/bin/python",
        "-Es",
        tree / "opt/anjungan/app/main.py",
        *arguments,
        env=kept | {"PATH": "/usr/bin:/bin", "ANJUNGAN_KIOSK__IGNORE_HOURS": "true"},
        cwd="/",
    )


def test_the_unpacked_program_is_whole(tree: Path) -> None:
    assert main(tree, "check").stdout.splitlines()[-1] == "all well"


def test_the_unpacked_program_gives_a_ticket_and_examines_itself(tree: Path, tmp_path: Path) -> None:
    issued = json.loads(main(tree, "issue", "C01", "--json", "--state", tmp_path / "state").stdout)
    assert (issued["number"], issued["outcome"]) == ("C-001", "printed")
    told = json.loads(main(tree, "doctor", "--json", "--state", tmp_path / "state").stdout)
    levels = {finding["check"]: finding["level"] for finding in told["findings"]}
    assert (levels["versions"], levels["store"]) == ("ok", "ok")


def test_a_visit_on_the_screen_from_the_unpacked_program(tree: Path, tmp_path: Path) -> None:
    main(tree, "demo", "--out", tmp_path / "out", "--state", tmp_path / "state")
    assert len(list((tmp_path / "out").glob("*.png"))) >= 5


def test_nothing_in_it_names_the_folder_it_was_built_in(tree: Path) -> None:
    found = subprocess.run(
        ["grep", "-rlF", "where-it-was-built", tree], capture_output=True, text=True, check=False
    )
    assert found.stdout == ""


def test_everything_belongs_to_root_and_is_nobody_elses_to_write(package: Path) -> None:
    for line in run("dpkg-deb", "--contents", package).stdout.splitlines():
        mode, owner = line.split()[:2]
        assert owner == "root/root", line
        assert mode[0] == "l" or (mode[5] != "w" and mode[8] != "w" and "s" not in mode), line


def field(package: Path, name: str) -> str:
    return run("dpkg-deb", "--field", package, name).stdout


def test_it_depends_on_what_the_window_opens(package: Path) -> None:
    listed = re.search(r"packages=\(\n(.*?)\n\)", (ROOT / "scripts" / "setup").read_text(), re.DOTALL)
    assert listed is not None
    wanted = {
        word for line in listed[1].splitlines() for word in line.partition("#")[0].split()
    } - SCREEN_ONLY
    assert wanted <= set(re.findall(r"[a-z0-9.+-]+", field(package, "Depends")))


def test_it_depends_on_the_python_its_libraries_were_built_for(package: Path, tree: Path) -> None:
    (series,) = [path.name.removeprefix("python") for path in (tree / "opt/anjungan/venv/lib").iterdir()]
    assert f"python3 (>= {series})" in field(package, "Depends")
    assert (tree / "opt/anjungan/venv/bin/python3").readlink() == Path(f"/usr/bin/python{series}")


def test_the_sites_files_are_conffiles_and_in_the_package(package: Path, tree: Path) -> None:
    conffiles = (
        field(package, "Conffiles").split() or run("dpkg-deb", "--info", package, "conffiles").stdout.split()
    )
    assert "/etc/anjungan/kiosk.toml" in conffiles
    in_etc = {f"/{path.relative_to(tree)}" for path in (tree / "etc").rglob("*") if path.is_file()}
    assert in_etc == set(conffiles)
    shipped = (ROOT / "config/kiosk.toml").read_text(encoding="utf-8")
    ours = (tree / "etc/anjungan/kiosk.toml").read_text(encoding="utf-8")
    assert ours == shipped.replace("set_up = true", "set_up = false"), "a unit out of its box sets itself up"


@pytest.mark.parametrize("script", ["preinst", "postinst", "prerm", "postrm", "anjungan", "anjungan-kiosk"])
def test_the_scripts_are_shell(script: str) -> None:
    path = ROOT / "packaging" / script
    assert path.stat().st_mode & stat.S_IXUSR
    run("sh", "-n", path)


def test_the_command_adds_this_machines_configuration_and_state_unless_told(tmp_path: Path) -> None:
    shown = tmp_path / "python"
    shown.write_text('#!/bin/sh\necho "$@"\n')
    shown.chmod(0o755)
    in_use = tmp_path / "in-use"
    script = (ROOT / "packaging" / "anjungan").read_text()
    script = script.replace("/opt/anjungan-previous/in-use", str(in_use)).replace(
        "$home/venv/bin/python", f"{shown} $home"
    )

    def says(*words: str) -> str:
        return run("sh", "-c", script, "anjungan", *words).stdout.split("main.py ", 1)[1].strip()

    both = "--config /etc/anjungan/kiosk.toml --state /var/lib/anjungan"
    assert says() == f"run {both}"
    assert says("printer", "status") == f"printer status {both}"
    assert says("check", "--config", "x y") == "check --config x y --state /var/lib/anjungan"
    assert says("issue", "C01", "--state=s", "--config=c") == "issue C01 --state=s --config=c"
    assert says("--help") == "--help"
    assert says("server", "run") == "server run"
    assert (
        "/opt/anjungan -Es /opt/anjungan/app/main.py" in run("sh", "-c", script, "anjungan", "check").stdout
    )
    in_use.touch()
    previous = "/opt/anjungan-previous -Es /opt/anjungan-previous/app/main.py"
    assert previous in run("sh", "-c", script, "anjungan", "check").stdout


def under_the_compositor(root: Path) -> None:
    """Start and stop the installed kiosk as the unit does: under cage, as its own user, heard by a service manager."""
    unit = (ROOT / "config/systemd/anjungan.service").read_text()
    start, stop = (re.search(rf"^{key}=(.+)$", unit, re.MULTILINE) for key in ("ExecStart", "ExecStop"))
    assert start is not None and stop is not None
    place = root / "run" / "kiosk"
    place.mkdir(parents=True)
    owner = (root / "var/lib/anjungan").stat()
    os.chown(place, owner.st_uid, owner.st_gid)
    place.chmod(0o700)
    headless = {"WLR_BACKENDS": "headless", "WLR_RENDERER": "pixman", "LIBSEAT_BACKEND": "noop"}
    environment = headless | {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/var/lib/anjungan",
        "XDG_RUNTIME_DIR": "/run/kiosk",
        "NOTIFY_SOCKET": "/run/kiosk/notify",
        "WATCHDOG_USEC": "30000000",
        **dict(re.findall(r"(SDL_\w+|KIVY_\w+|XDG_CACHE_HOME)=(\S+)", unit)),
    }
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, (place / "log").open("wb") as log:
        manager.bind(str(place / "notify"))
        (place / "notify").chmod(0o777)
        manager.settimeout(60)
        as_kiosk = ["chroot", root, "setpriv", "--reuid=anjungan", "--regid=anjungan", "--init-groups"]
        kiosk = subprocess.Popen([*as_kiosk, *start[1].split()], env=environment, stderr=log)
        try:
            while "WATCHDOG=1" not in heard:
                heard += manager.recv(4096).decode().splitlines()
            command = shlex.split(stop[1])[-1].replace("$MAINPID", str(kiosk.pid)).replace("$$", "$")
            run(*as_kiosk, "/bin/sh", "-c", command, env=environment)
            assert kiosk.wait(20) == 0
            while "STOPPING=1" not in heard:
                heard += manager.recv(4096).decode().splitlines()
        finally:
            if kiosk.poll() is None:
                kiosk.kill()
                kiosk.wait(10)
    assert heard[0] == "READY=1"


# --- in a fresh Debian root ----------------------------------------------------------------------------------------


@pytest.mark.soak
@pytest.mark.skipif(os.geteuid() != 0, reason="a Debian root is made and entered by root")
def test_installed_upgraded_removed_and_purged(package: Path, tmp_path: Path) -> None:
    """ANJUNGAN_DEBIAN_ROOT names a root made by debootstrap with what the package depends on; else one is made."""
    given = os.environ.get("ANJUNGAN_DEBIAN_ROOT")
    root = Path(given) if given else tmp_path / "debian"
    depends = [
        word.strip().split()[0]
        for word in field(package, "Depends").replace("\n", " ").split(",")
        if "|" not in word
    ]
    if not given:
        extra = ",".join([*depends, "libmtdev1", "xvfb", "xauth", "xdotool"])
        release = re.search(r"VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text())
        assert release is not None
        run("debootstrap", "--variant=minbase", f"--include={extra}", release[1], root)
    shutil.copy(package, root / "anjungan.deb")

    def inside(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        clean = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "DEBIAN_FRONTEND": "noninteractive",
        }
        return run("chroot", root, *words, env=clean, check=check)

    def mode(path: str) -> tuple[str, str]:
        owner, bits = inside("stat", "-c", "%U %a", path).stdout.split()
        return owner, bits

    inside("dpkg", "--install", "/anjungan.deb")
    assert mode("/var/lib/anjungan") == ("anjungan", "750")
    groups = set(inside("id", "-Gn", "anjungan").stdout.split())
    assert {"lp", "dialout", "input", "video"} <= groups
    # The journey of `make run`, as the kiosk's own user, from the installed copy.
    inside("sh", "-c", "mount -t proc proc /proc 2>/dev/null; true")
    try:
        as_kiosk = (
            "setpriv",
            "--reuid=anjungan",
            "--regid=anjungan",
            "--init-groups",
            "env",
            "HOME=/var/lib/anjungan",
        )
        issued = inside(*as_kiosk, "ANJUNGAN_KIOSK__IGNORE_HOURS=true", "anjungan", "issue", "C01", "--json")
        assert json.loads(issued.stdout)["number"] == "C-001"
        visit = "ANJUNGAN_KIOSK__IGNORE_HOURS=true"
        inside(
            *as_kiosk, visit, "TMPDIR=/var/lib/anjungan", "xvfb-run", "-a", "-s", "-screen 0 1080x1920x24",
            "anjungan", "demo", "--out", "/var/lib/anjungan/out", "--state", "/var/lib/anjungan/visit",
        )  # fmt: skip
        assert len(list((root / "var/lib/anjungan/out").glob("*.png"))) >= 5

        under_the_compositor(root)

        # The site's own configuration outlives an upgrade, and a backup is made before it.
        config = root / "etc/anjungan/kiosk.toml"
        ours = config.read_text().replace('language = "id"', 'language = "en"')
        config.write_text(ours)
        inside("dpkg", "--install", "/anjungan.deb")
        assert config.read_text() == ours
        assert (root / "var/backups/anjungan/before-upgrade.zip").is_file()
        kept = root / "opt/anjungan-previous"
        assert {"app", "bin", "venv", "etc", "units", "before.json"} <= {path.name for path in kept.iterdir()}
        again = inside(*as_kiosk, "ANJUNGAN_KIOSK__IGNORE_HOURS=true", "anjungan", "issue", "C01", "--json")
        assert json.loads(again.stdout)["number"] == "C-002"

        # The console is closed and opened again.
        inside("anjungan-kiosk", "on")
        wants = root / "etc/systemd/system/graphical.target.wants/anjungan.service"
        getty = root / "etc/systemd/system/getty@tty1.service"
        assert wants.is_symlink() and getty.readlink() == Path("/dev/null")
        told = inside("anjungan", "doctor", "--json", check=False)
        escapes = {
            f["check"]: f["level"] for f in json.loads(told.stdout)["findings"] if "escape" in f["check"]
        }
        assert not {"escape_getty", "escape_ctrl-alt-del", "escape_autovt", "escape_desktop"} & set(escapes)

        inside("dpkg", "--remove", "anjungan")
        assert not wants.is_symlink() and not getty.is_symlink()
        assert not (root / "opt/anjungan/venv/lib").exists()
        assert (root / "var/lib/anjungan/anjungan.db").is_file()
        assert config.read_text() == ours
        inside("dpkg", "--purge", "anjungan")
        assert not (root / "var/lib/anjungan").exists()
        assert not (root / "etc/anjungan").exists()
        assert not (root / "opt/anjungan").exists()
        assert not (root / "opt/anjungan-previous").exists()
    finally:
        inside("sh", "-c", "umount /proc 2>/dev/null; true")
