// Logging has an EventId too; in this code the word means the event's.
global using EventId = Sluice.Events.EventId;
