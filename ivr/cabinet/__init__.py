"""The cabinet: what who holds a phone may see and change on the web, with no pages in it.

    phone ──code──▶ visit ──▶ cards, operations, appeals, consents
    form  ──code──▶ card activated, visit
    visit ──code──▶ another phone or e-mail on file, or everything erased

Decisions are those of calls: the same actions run on the same services. A visit lives in the database.
"""
