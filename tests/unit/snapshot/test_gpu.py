"""Which GPU a host has, from its PCI devices and device nodes. No real one was at hand."""

from __future__ import annotations

import pytest

from pyinfra_ollama.snapshot import GpuState
from pyinfra_ollama.snapshot.service import gpu_state

NVIDIA, AMD, INTEL = "pci=0x10de 0x030200", "pci=0x1002 0x120000", "pci=0x8086 0x030000"
NVIDIA_DRIVER = ("node=/dev/nvidiactl", "node=/proc/driver/nvidia/version")


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((), GpuState(None, False)),
        ((INTEL,), GpuState(None, False)),
        ((NVIDIA,), GpuState("nvidia", False)),
        ((NVIDIA, *NVIDIA_DRIVER), GpuState("nvidia", True)),
        # In a container the node may be there and the bus not.
        (NVIDIA_DRIVER, GpuState("nvidia", True)),
        ((AMD,), GpuState("amd", False)),
        ((AMD, "node=/dev/kfd"), GpuState("amd", True)),
        ((AMD, NVIDIA, "node=/dev/kfd"), GpuState("nvidia", False)),
        (("tegra=# R36 (release), REVISION: 2.0, GCID: 1",), GpuState("nvidia", True, 36)),
        (("tegra=# R35 (release), REVISION: 4.1, GCID: 2",), GpuState("nvidia", True, 35)),
        (("tegra=something else",), GpuState("nvidia", True, None)),
        (("pci=junk",), GpuState(None, False)),
    ],
)
def test_gpu(lines: tuple[str, ...], found: GpuState) -> None:
    assert gpu_state(list(lines)) == found
