-- How many uploads somebody has asked for and not sent yet.
CREATE INDEX images_unsent_of_uploader ON images (uploader_type, uploader_id) WHERE message_id IS NULL;
