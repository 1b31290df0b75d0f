-- Which place described an exhibition last: another one's file that contradicts it is refused. Null: described before this was kept.
alter table exhibition add column described_by text;
