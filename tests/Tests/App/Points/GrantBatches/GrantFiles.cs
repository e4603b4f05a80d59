using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using MyKey.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.GrantBatches;

/// <summary>An officer's files of grants over the API, and the job helped along.</summary>
internal static class GrantFiles
{
    public const string Batches = "/api/v1/office/grant-batches";

    public static async Task<BatchReply> Store(this GrantOffice office, string file, string query = "") =>
        (await (await office.Send(Encoding.UTF8.GetBytes(file), query)).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<BatchReply>())!;

    public static async Task<HttpResponseMessage> Send(this GrantOffice office, byte[] file, string query = "")
    {
        using var content = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        return await office.Officer.PostAsync($"{Batches}?programme={office.Programme}{query}", content);
    }

    /// <summary>Commits, approves or withdraws what was looked at.</summary>
    public static Task<HttpResponseMessage> Do(this HttpClient officer, string what, BatchReply batch) =>
        officer.PostAsJsonAsync($"{Batches}/{batch.Hash}/{what}", new BatchRequest(batch.Id));

    public static async Task<List<BatchRowReply>> Refused(this GrantOffice office, BatchReply batch) =>
        (await office.Officer.GetFromJsonAsync<List<BatchRowReply>>($"{Batches}/{batch.Hash}/rows?refused=true"))!;

    /// <summary>Until every line is posted or refused.</summary>
    public static async Task<BatchReply> Done(this GrantOffice office, BatchReply batch)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); DateTime.UtcNow < deadline;)
        {
            if (await office.Town.Get<FindBatches>().NextRunning() is { } running) await office.Town.Get<PostBatches>().Some(running, 1_000);
            var reply = (await office.Officer.GetFromJsonAsync<BatchReply>($"{Batches}/{batch.Hash}"))!;
            if (reply.State == "done") return reply;
        }
        throw new TimeoutException("the batch was not done");
    }
}
