"""A small press world on loopback, to try syndicator on without the network.

`content/` holds what its publishers say, as data; `templates/` what their pages look like.
`pieces` reads the content, `site` answers for one path at a time without any socket, `server`
puts it on loopback, `settings` writes the configuration that reads it all. Names, places of
work and figures in the articles are invented.

To add an article: one file in content/magazine/, or one item in the file of an agency. Set `date`
or `at` for what is there from the start, `later = N` for what comes out as the N-th while one
watches; then it is dated at its release.

Nothing below this layer imports it; it may use http.server because it only ever answers.
"""
