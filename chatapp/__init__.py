"""ChatApp: a chat room for the people on one network, in one program.

The words, in the code as in the contract and the user guide:

room      One conversation with a title, a history and the people in it; it lives as long as its data.
          It is one ordered list of entries that everybody sees alike.
entry     One line of the room's list, said, shown, offered, or a notice; it has a seq and never changes.
          A client that has all entries has the room.
member    One person, known by the token that its client made; it has a name, a colour and a seat.
          Any number of sockets (tabs, devices) may be one member.
offer     Files that a member would give to everyone; each other member accepts or declines for itself.
          Bytes flow only to those who accepted, and only until the offer closes.
host      The program that serves the room; also the member who may remove people, lock and close the room.
          The host's powers belong to the host token, never to an address.
command   What a client asks for (imperative: say, show, offer, ...); it is answered by an acknowledgement.
          A refusal carries a code, never prose.
event     What the room tells its clients (past tense: posted, removed, ...).
          It is a hint that something is new; the list itself can always be asked for again.
delivery  An event on its way: what, and to whom.
          Deliveries go out after the change is on disk, in one order for all.
"""

__version__ = "0.1.0"
