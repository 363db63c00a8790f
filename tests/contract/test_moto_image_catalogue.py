"""The images of a region."""

from stax_local.emulator.images import flatcar_images


def test_ids_never_change_and_differ_from_region_to_region() -> None:
    here, again, there = (
        {image.id for image in flatcar_images(region)} for region in ("us-east-1", "us-east-1", "eu-west-1")
    )

    assert here == again
    assert not here & there


def test_the_newest_of_a_channel_can_be_told_by_its_date() -> None:
    stable = [image for image in flatcar_images("us-east-1") if image.name.startswith("Flatcar-stable-")]

    newest = max(stable, key=lambda image: image.created_at)

    assert newest.name == max(image.name for image in stable)
