namespace Baton.Client;

/// <summary>Measures commands; there is one only while somebody listens to the meter or the activity source.</summary>
internal interface ICommandObserver
{
    /// <summary>The command has its reply or its error.</summary>
    void OnEnded(PendingCommand command);
}
