"""The steps an article passes, one verb a module: parse, identify, normalise, fingerprint ...

A stage is a pure function from values to values. It opens no socket or file, reads no clock (`now`
comes in), keeps no state, and does not know the other stages: `pipeline.py` alone knows their
order. What several stages need lies in `syndicator/text/`. Stages read untrusted bytes, so whatever
is slow or superlinear about them runs in the sandbox (R12); a stage that cannot read its input
raises ParseError with a reason fit for the source's page. To add one: a module named by its verb,
whose main function has the same name, and a test file named after it.
"""
