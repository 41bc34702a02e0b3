-- What networks show of a program's links: its card, where it names no picture of its
-- own (src/http/landing.rs serves it).

CREATE VIEW programs_with_cards AS
SELECT p.number, p.slug, p.name, p.status, p.zone, p.touch, p.window_days, p.cookie, p.pass_through,
  p.preview_title, p.preview_description,
  CASE WHEN p.preview_image = '' AND (
    SELECT content ->> '$.brand.card' FROM contents c WHERE c.program = p.number
    ORDER BY version DESC LIMIT 1) > ''
  THEN '/l/' || p.slug || '/card.png' ELSE p.preview_image END AS preview_image,
  p.created_at, p.updated_at
FROM programs p;

-- Links show what content says.
CREATE TRIGGER contents_published AFTER INSERT ON contents BEGIN
  UPDATE configuration SET version = version + 1;
END;
