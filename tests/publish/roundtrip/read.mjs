// Reads the feed documents named on the command line with one parser, and prints what it finds of
// each entry: one line of JSON for each document.
import { readFileSync } from "node:fs";

const [parser, ...paths] = process.argv.slice(2);
const first = (...values) => values.find((value) => value !== undefined && value !== null) ?? "";

async function byRssParser() {
  const { default: Parser } = await import("rss-parser");
  const fields = [
    "id",
    ["dc:creator", "creators", { keepArray: true }],
    ["author", "people", { keepArray: true }],
    ["atom:updated", "changed"],
    ["updated", "changed"],
    ["published", "appeared"],
  ];
  const reader = new Parser({ customFields: { item: fields } });
  const name = (one) => (typeof one === "string" ? one : first(one?.name?.[0]));
  return async (text) =>
    (await reader.parseString(text)).items.map((item) => ({
      id: first(item.id, item.guid),
      title: first(item.title),
      authors: first(item.creators, item.people, []).map(name),
      link: first(item.link),
      html: first(item["content:encoded"], item.content),
      published: first(item.appeared, item.pubDate),
      updated: first(item.changed),
    }));
}

async function byFeedsmith() {
  const { parseFeed } = await import("feedsmith");
  const read = {
    atom: (entry) => ({
      id: entry.id,
      title: first(entry.title?.value, entry.title),
      authors: (entry.authors ?? []).map((one) => one.name),
      link: entry.links.find((one) => one.rel === "alternate").href,
      html: first(entry.content?.value, entry.content),
      published: first(entry.published),
      updated: entry.updated,
    }),
    rss: (item) => ({
      id: item.guid.value,
      title: first(item.title),
      authors: first(item.dc?.creators, [item.dc?.creator]),
      link: item.link,
      html: first(item.content?.encoded),
      published: item.pubDate,
      updated: first(item.atom?.updated),
    }),
    json: (item) => ({
      id: item.id,
      title: first(item.title),
      authors: item.authors.map((one) => one.name),
      link: item.url,
      html: first(item.content_html),
      published: first(item.date_published),
      updated: item.date_modified,
    }),
  };
  return async (text) => {
    const { format, feed } = parseFeed(text);
    return (feed.entries ?? feed.items ?? []).map(read[format]);
  };
}

const read = await { "rss-parser": byRssParser, feedsmith: byFeedsmith }[parser]();
for (const path of paths) console.log(JSON.stringify(await read(readFileSync(path, "utf8"))));
