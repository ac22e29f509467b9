"""Which GPUs the server may use; None leaves the choice to Ollama."""

from __future__ import annotations

from typing import Annotated, Any

from .base import Setting, setting
from .kinds import shaped

_ONE = r"[A-Za-z0-9][A-Za-z0-9./:-]{0,99}"
Devices = (
    Annotated[
        str,
        shaped(
            rf"-1|{_ONE}(,{_ONE}){{0,63}}",
            accepted="numbers or UUIDs with commas and without spaces, such as '0,1', or '-1'",
            remedy="list the GPUs as the vendor's tool names them (nvidia-smi -L, rocminfo)",
        ),
    ]
    | None
)


def _devices(text: str, example: str) -> Any:
    return setting(None, text, source="Ollama 0.33.0 docs/gpu.mdx: all GPUs found", example=example)


class GpuSelection(Setting):
    """The part of the server's settings that selects GPUs."""

    cuda_visible_devices: Devices = _devices(
        "NVIDIA GPUs to use, by number or UUID; '-1' hides all.", '"0,1"'
    )
    rocr_visible_devices: Devices = _devices("AMD GPUs to use, by UUID or number.", '"0"')
    hip_visible_devices: Devices = _devices("AMD GPUs to use, by number.", '"0"')
    gpu_device_ordinal: Devices = _devices("AMD GPUs to use, by number (older name).", '"0"')
    ggml_vk_visible_devices: Devices = _devices("Vulkan GPUs to use, by number.", '"0"')
    hsa_override_gfx_version: (
        Annotated[
            str,
            shaped(
                r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}",
                accepted="three numbers such as '10.3.0'",
                remedy="write the generation's three numbers; gfx1030 is '10.3.0'",
            ),
        ]
        | None
    ) = setting(
        None,
        "Generation that an unsupported AMD GPU is treated as, x.y.z.",
        source="Ollama 0.33.0 docs/gpu.mdx: none",
        example='"10.3.0"',
    )
