using Baton.Cli.Demo.Model;
using StackExchange.Redis;

namespace Baton.Cli.Demo.Load;

/// <summary>The optimistic counter by StackExchange.Redis' conditional transactions (WATCH and EXEC inside the library).</summary>
internal sealed class StackExchangeTransactionWorker(
    string key, SharedCounterModel model, StackExchangeClient client, LoadContext context) : LoadWorker(client, context.Statistics)
{
    private const int CommandsPerTransaction = 2;

    /// <inheritdoc/>
    protected override string Name => $"conditional transaction {key}";

    /// <inheritdoc/>
    protected override async Task StepAsync()
    {
        var began = context.Time.GetTimestamp();
        var database = client.Multiplexer.GetDatabase();
        var executing = false;
        try
        {
            var old = await database.StringGetAsync(key);
            client.Answered(began, measured: true);
            var next = old.IsNull ? 1 : (long)old + 1;
            var transaction = database.CreateTransaction();
            transaction.AddCondition(old.IsNull ? Condition.KeyNotExists(key) : Condition.StringEqual(key, old));
            var set = transaction.StringSetAsync(key, next);
            executing = true;
            var confirmed = await transaction.ExecuteAsync();
            client.Answered(began, measured: false);
            if (confirmed)
            {
                await set;
                model.Confirmed(next);
            }
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            if (executing)
            {
                model.Unknown();
            }

            context.Statistics.Fail(
                Client.Row, CommandsPerTransaction, $"{Name}: {e.GetType().Name}: {StackExchangeClient.FirstLine(e)}");
        }
    }
}
