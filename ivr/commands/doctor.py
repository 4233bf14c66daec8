"""``doctor``: is this machine ready, and what to do where it is not."""

import json
from dataclasses import asdict
from pathlib import Path

import typer

from ivr.clock import SystemClock
from ivr.commands.official import fetch_model
from ivr.doctor import Finding, Patient, examine
from ivr.settings import load_settings

STATE_WIDTH = 8


def doctor(as_json: bool = typer.Option(False, "--json", help="Print {ok, checks} for programs.")) -> None:
    """Check everything that callers need, from outside too; exit code 1 where something is wrong.

    Each line is ok, note (callers are served all the same) or wrong, and what is to be done ends it. Run it where the
    hotline runs, with the hotline running: webhooks are tried through PUBLIC_BASE_URL.
    """
    patient = Patient(load_settings(), SystemClock(), fetch_model, Path.cwd())
    findings = list[Finding]()
    for finding in examine(patient):
        findings.append(finding)
        if not as_json:
            typer.echo(f"{finding.state:{STATE_WIDTH}}{finding.check}: {finding.text}")
    is_well = all(finding.state != "wrong" for finding in findings)
    if as_json:
        told = {"ok": is_well, "checks": [asdict(finding) for finding in findings]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    raise typer.Exit(0 if is_well else 1)
