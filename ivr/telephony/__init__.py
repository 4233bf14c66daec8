"""The telephone provider: TwiML, Media Streams, signatures and SMS. Only this package imports the twilio library."""
