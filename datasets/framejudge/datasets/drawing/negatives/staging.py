"""Placing flat and boxy products before a background: how tightly, how turned, how cut, in what light.

A product of which only an even border and a picture remain cannot be told from a framed picture. Whatever
is staged here therefore shows background, a turn, or cues of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing.negatives.props import wall
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import background, table, uniform_background
from framejudge.datasets.drawing.products.canvas import Mask, Sprite, laid, lit, project, quadrangle, turned
from framejudge.datasets.drawing.products.colours import chance
from framejudge.datasets.drawing.products.scenes import placed, shadowed
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.silhouettes.household import furniture
from framejudge.datasets.drawing.products.surfaces import noise, ramp, textured

EVEN_SPREAD = 14
"""Surroundings whose grey levels deviate no more than this are of one colour."""

PAPER_LEVEL = 228
"""Surroundings as light as this look like paper or a painted wall, and not like a frame."""

Backdrop = Callable[[np.random.Generator, int, int], Image]

Quad = npt.NDArray[np.float64]
"""Four corners, clockwise from top left: (4, 2) x, y."""


@dataclass(frozen=True, slots=True)
class Pose:
    """How products may be placed.

    Attributes
    ----------
    least_margin
        Visible background beside the product, as a fraction of its longest side: above 0 for products
        whose even border would look like a frame if it ran along the image's side.
    most_margin
        The most of it.
    straight_share
        How often the product stands parallel to the image's sides.
    cut_share
        How often the image's side cuts a part of the product off.
    shadow
        Whether there is always a shadow.
    """

    least_margin: float = 0.0
    most_margin: float = 0.12
    straight_share: float = 0.6
    cut_share: float = 0.12
    shadow: bool = False


class Solid(NamedTuple):
    """A box: its front, and the faces that show when it is turned; ``depth`` as a fraction of its width."""

    front: Sprite
    side: Sprite
    top: Sprite
    depth: float


def any_backdrop(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return a uniform background, or any other in three of ten."""
    return uniform_background(rng, height, width) if chance(rng, 0.7) else background(rng, height, width)


def revealing_backdrop(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return a wall, a table, paper; what is even and not pale gets texture or light: it is no frame."""
    pick = rng.random()
    scene = (table if pick < 0.2 else wall if pick < 0.6 else any_backdrop)(rng, height, width)
    mean, spread = cv2.meanStdDev(scene)
    if float(spread.max()) > EVEN_SPREAD or float(mean.min()) > PAPER_LEVEL:
        return scene
    if chance(rng, 0.5):
        scene = textured(rng, height, width)
    light = 1 + noise(rng, height, width, rng.uniform(2, 4)) * np.float32(rng.uniform(0.06, 0.15))
    light += ramp(height, width, rng.uniform(0, 7)) * np.float32(rng.uniform(0.2, 0.4))
    return lit(scene, light)


def stage(
    rng: np.random.Generator,
    sprites: Sequence[Sprite],
    size: int,
    pose: Pose | None = None,
    backdrop: Backdrop = any_backdrop,
) -> Image:
    """Return the sprites side by side before a background; the longest side is ``size`` pixels."""
    pose = pose or Pose()
    straight = chance(rng, pose.straight_share)
    quads = []
    edge = 0.0
    for index, sprite in enumerate(sprites):
        height, width = (extent / max(sprites[0].shape[:2]) for extent in sprite.shape[:2])
        quad = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
        quad = quad if straight else _turned(rng, quad)
        gap = rng.uniform(0.01, 0.15) if chance(rng, 0.6) else -width * rng.uniform(0.1, 0.6)
        left = quad[:, 0].min()
        offset = (edge - left + (gap if index else 0.0), rng.uniform(-0.1, 0.1) if index else 0.0)
        quads.append(quad + offset)
        edge = float(quads[-1][:, 0].max())
    height, width, placed_quads = framed_by_canvas(rng, quads, size, pose, straight=straight)
    scene = backdrop(rng, height, width)
    order = range(len(sprites)) if chance(rng, 0.5) else reversed(range(len(sprites)))
    for index in order:
        pixels, mask = project(sprites[index], quadrangle(sprites[index], placed_quads[index]), height, width)
        scene = laid(grounded(rng, scene, mask, pose), pixels, mask)
    return scene


def stage_solid(
    rng: np.random.Generator,
    solid: Solid,
    size: int,
    pose: Pose | None = None,
    backdrop: Backdrop = any_backdrop,
    *,
    most_yaw: float = 50.0,
) -> Image:
    """Return a box turned, by at most ``most_yaw`` degrees, so that its side, and mostly its top, show."""
    pose = pose or Pose()
    height, width = (extent / max(solid.front.shape[:2]) for extent in solid.front.shape[:2])
    depth = solid.depth * width
    yaw = np.radians(rng.uniform(5, most_yaw)) * rng.choice((-1, 1))
    pitch = np.radians(rng.uniform(0, 30)) if chance(rng, 0.75) else 0.0
    x, y, z = (np.array(axis, np.float64) for axis in zip(*_CORNERS, strict=True))
    points = np.column_stack((x * width / 2, y * height / 2, z * depth))
    turn = np.array([(np.cos(yaw), 0, np.sin(yaw)), (0, 1, 0), (-np.sin(yaw), 0, np.cos(yaw))])
    nod = np.array([(1, 0, 0), (0, np.cos(pitch), -np.sin(pitch)), (0, np.sin(pitch), np.cos(pitch))])
    points = points @ turn.T @ nod.T
    # In too strong a perspective the far side shrinks behind the front, and the box looks flat.
    half = width / 2
    most = depth * np.sin(abs(yaw)) / (half * np.cos(yaw) * (depth * np.cos(yaw) + half * np.sin(abs(yaw))))
    flat = points[:, :2] / (1 + points[:, 2:] * rng.uniform(0.1, 0.6) * min(1.0, most))
    front, back = flat[:4], flat[4:]
    if yaw > 0:
        side = np.array([front[1], back[1], back[2], front[2]])
    else:
        side = np.array([back[0], front[0], front[3], back[3]])
    faces = [(solid.side, side, rng.uniform(0.55, 0.95)), (solid.front, front, rng.uniform(0.9, 1.05))]
    if pitch:
        faces.insert(0, (solid.top, np.array([back[0], back[1], front[1], front[0]]), rng.uniform(0.8, 1.15)))
    rows, columns, quads = framed_by_canvas(rng, [quad for _, quad, _ in faces], size, pose, straight=False)
    scene = backdrop(rng, rows, columns)
    drawn = [
        (*project(face, quadrangle(face, quad), rows, columns), light)
        for (face, _, light), quad in zip(faces, quads, strict=True)
    ]
    outline = np.zeros((rows, columns), np.uint8)
    for _, mask, _ in drawn:
        outline = np.maximum(outline, mask)
    scene = grounded(rng, scene, outline, pose)
    for pixels, mask, light in drawn:
        scene = laid(scene, brightened(pixels, light), mask)
    return scene


_CORNERS = ((-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0), (-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1))


def brightened(pixels: Image, light: float) -> Image:
    """Return the pixels multiplied by one brightness."""
    return np.asarray(cv2.convertScaleAbs(pixels, alpha=light), np.uint8)


def furnished(rng: np.random.Generator, scene: Image, sprite: Sprite) -> Image:
    """Return the wall with the thing hung on it and furniture standing below."""
    height, width = scene.shape[:2]
    factor = min(
        width * rng.uniform(0.3, 0.8) / sprite.shape[1], height * rng.uniform(0.3, 0.6) / sprite.shape[0]
    )
    extent = np.array((sprite.shape[1], sprite.shape[0])) * factor
    corner = np.array((rng.uniform(0.05, 0.95) * (width - extent[0]), rng.uniform(0.05, 0.15) * height))
    corners = np.round(corner + np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * extent)
    pixels, mask = project(sprite, quadrangle(sprite, corners), height, width)
    scene = laid(shadowed(rng, scene, mask), pixels, mask)
    piece = (
        furniture(rng, max(32, round(width * 0.7)))
        if chance(rng, 0.6)
        else draw_sprite(rng, max(32, width // 2))
    )
    return placed(
        rng,
        scene,
        piece,
        (width * rng.uniform(0.3, 0.7), height * rng.uniform(0.78, 0.95)),
        rng.uniform(0.35, 0.7),
    )


def grounded(rng: np.random.Generator, scene: Image, mask: Mask, pose: Pose) -> Image:
    """Return the scene with the product's shadow; where the pose demands one, there always is one."""
    result = shadowed(rng, scene, mask)
    while pose.shadow and result is scene:
        result = shadowed(rng, scene, mask)
    return result


def _turned(rng: np.random.Generator, quad: Quad) -> Quad:
    """Return the quad turned in its plane, in perspective, or both."""
    centre = quad.mean(axis=0)
    pick = rng.random()
    if pick < 0.7:
        most = 5.0 if chance(rng, 0.5) else 40.0
        turn = np.radians(rng.uniform(1.2, most) * rng.choice((-1, 1)))
        quad = turned(quad - centre, turn) + centre
    if pick > 0.4:
        strength = rng.uniform(0.03, 0.22)
        ends = ((0, 3), (1, 2), (0, 1), (3, 2))[int(rng.integers(0, 4))]
        middle = (quad[ends[0]] + quad[ends[1]]) / 2
        across = centre - middle
        for corner in ends:
            quad[corner] += (middle - quad[corner]) * strength + across * strength * rng.uniform(0.2, 1.8)
    return quad


def framed_by_canvas(
    rng: np.random.Generator, quads: Sequence[Quad], size: int, pose: Pose, *, straight: bool
) -> tuple[int, int, list[Quad]]:
    """Return a canvas's height and width around the quads, and the quads in its pixels."""
    points = np.concatenate(quads)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high - low).max())
    before, after = margins(rng, pose)
    cut = chance(rng, pose.cut_share)
    if cut:
        _cut_one_side(rng, before, after)
    low, high = low - before * extent, high + after * extent
    shape = rng.random()
    if shape < 0.4 and not cut:
        # Square, or nearly: the product fills one direction, background shows beside it in the other.
        side = float((high - low).max())
        aspect = (
            np.array((1.0, 1.0)) if shape < 0.3 else np.array((rng.uniform(0.75, 1), rng.uniform(0.75, 1)))
        )
        grow = np.maximum(side * aspect - (high - low), 0)
        share = 0.5 if chance(rng, 0.75) else rng.uniform(0.2, 0.8)
        low, high = low - grow * share, high + grow * (1 - share)
    scale = size / float((high - low).max())
    width, height = (max(16, round(float(length) * scale)) for length in high - low)
    placed_quads = [(quad - low) * scale for quad in quads]
    if straight:
        # Whole pixels keep the straight edge of a straight product sharp.
        placed_quads = [np.round(quad) for quad in placed_quads]
    return min(height, size), min(width, size), placed_quads


def margins(rng: np.random.Generator, pose: Pose) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return background left and above, right and below, as fractions; tight ones are common."""
    pick = rng.random()
    most = pose.most_margin
    base = 0.0 if pick < 0.2 else rng.uniform(0, 0.02) if pick < 0.5 else rng.uniform(0.02, max(most, 0.021))
    across, down = (base, base) if chance(rng, 0.6) else (base, rng.uniform(0, most))
    jitter = rng.uniform(0, 0.02, 4) if chance(rng, 0.4) else np.zeros(4)
    least = pose.least_margin
    before = np.maximum(np.array((across, down)) + jitter[:2], least)
    after = np.maximum(np.array((across, down)) + jitter[2:], least)
    return before, after


def _cut_one_side(
    rng: np.random.Generator, before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]
) -> None:
    """Let the image's side cut one side of the product, in place; background shows on the three others."""
    axis = int(rng.integers(0, 2))
    before[:] = np.maximum(before, 0.03)
    after[:] = np.maximum(after, 0.03)
    cut, far = (before, after) if chance(rng, 0.5) else (after, before)
    cut[axis] = -rng.uniform(0.05, 0.3)
    far[axis] = max(far[axis], 0.06)
