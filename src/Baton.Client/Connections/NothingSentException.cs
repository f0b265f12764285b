namespace Baton.Client;

/// <summary>A send failed, and the transport knows that not one byte of it has left: what it carried was not run.</summary>
internal sealed class NothingSentException(string message) : IOException(message);
