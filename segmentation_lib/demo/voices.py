"""What the demo's customers say: short comments put together from phrases of each segment."""

from __future__ import annotations

import numpy as np

from segmentation_lib.demo.world import IntArray, TextArray

# Answers of 9 and 10, of 7 and 8, and of 0 to 6 on the scale from 0 to 10.
OPENINGS = (
    ("Very happy.", "Would recommend.", "Great as always.", "Keep it up."),
    ("All fine.", "Mostly good.", "Decent overall.", "No big complaints."),
    ("Not good enough.", "Disappointed this time.", "Could be better.", "I expected more."),
)

# One tuple per segment, in the order of `world.SEGMENTS`; each has words of its own.
PHRASES = (
    (
        "My weekly favourites are always in stock and the points add up.",
        "I like my regular order and the friendly service.",
        "The loyalty points make me come back every month.",
        "Reliable quality, the same good brands every time.",
        "The app remembers my favourites, reordering is easy.",
        "Please bring back the old loyalty card perks.",
    ),
    (
        "The voucher code did not work at checkout.",
        "I only buy when there is a sale or a coupon.",
        "Refund for the returned shoes took too long.",
        "Good discount, but the size was wrong and I sent it back.",
        "Cheaper elsewhere without the promo price.",
        "More clearance deals please, the return label was easy.",
    ),
    (
        "The furniture delivery slot was hard to book.",
        "Big purchase for the house, well packed and assembled.",
        "I compared for weeks before ordering the whole room.",
        "Delivery of heavy items needs a better time window.",
        "Premium quality, worth the money for a large project.",
        "I would like measurements and samples before I buy furniture.",
    ),
    (
        "I love scrolling the new looks for inspiration.",
        "The wishlist is fun but shipping for one item is pricey.",
        "I browse the app every evening, great pictures.",
        "Too many notifications, but nice style ideas.",
        "I save things to my wishlist and wait.",
        "Videos and trends are what I open the app for.",
    ),
    (
        "I miss the printed catalogue in the post.",
        "The lady on the telephone was kind but the line was busy.",
        "I do not want to use the internet to order.",
        "Please send the paper order form again.",
        "Ringing up to order used to be quicker.",
        "The print in the last catalogue was too small.",
    ),
    (
        "One tap and the groceries are here in an hour.",
        "Express delivery saves my evening.",
        "The subscription pays for itself with same-day delivery.",
        "The rider was fast and the milk was cold.",
        "Quick reorder of snacks and basics, superb.",
        "Same-day slots fill up on Fridays, add more riders.",
    ),
)

CONTACTS = 400


def write_comments(
    segment: IntArray, nps: IntArray, contact: IntArray, rng: np.random.Generator
) -> TextArray:
    """Put together one comment for each answer.

    Args:
        segment: Number of the segment in `world.SEGMENTS`, one per answer.
        nps: Answer from 0 to 10, one per answer.
        contact: 1 where the comment carries an e-mail address (always at example.com), else 0.
        rng: Source of randomness.

    Returns:
        English text, one per answer.
    """
    band = np.where(nps >= 9, 0, np.where(nps >= 7, 1, 2))
    openings = np.array(OPENINGS, dtype=object)
    phrases = np.array(PHRASES, dtype=object)
    opening = openings[band, rng.integers(0, openings.shape[1], len(band))]
    phrase = phrases[segment, rng.integers(0, phrases.shape[1], len(band))]
    contacts = np.array(
        [f" Write to shopper{number:03d}@example.com please." for number in range(CONTACTS)],
        dtype=object,
    )
    ending = contacts[rng.integers(0, CONTACTS, len(band))]
    ending = np.where(contact == 1, ending, "")
    return np.asarray(opening + " " + phrase + ending)
