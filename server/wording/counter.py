"""The officer's page: choosing a counter, calling, serving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "nav_counter": {"id": "Loket", "en": "Counter"},
    "counter_choose": {"id": "Anda di loket mana?", "en": "Which counter are you at?"},
    "counter_choose_lead": {
        "id": "Pilih loket tempat Anda duduk. Antreannya dapat diubah sesudah loket dibuka.",
        "en": "Choose the counter you sit at. Its queues can be changed once it is open.",
    },
    "counter_open": {"id": "Buka {counter}", "en": "Open {counter}"},
    "counter_open_short": {"id": "Buka", "en": "Open"},
    "counter_take_over": {"id": "Gantikan {name}", "en": "Take over from {name}"},
    "counter_every_queue": {"id": "Semua antrean", "en": "Every queue"},
    "counter_other_place": {"id": "Lainnya", "en": "Elsewhere"},
    "counter_no_counters": {
        "id": "Belum ada loket. Pengelola menambahkannya dengan main.py server counters --fill, atau satu per satu.",
        "en": "There are no counters yet. A manager adds them with main.py server counters --fill, or one by one.",
    },
    "counter_served_today": {"id": "Selesai hari ini", "en": "Served today"},
    "counter_waiting_now": {"id": "Menunggu", "en": "Waiting"},
    "counter_longest": {"id": "Terlama", "en": "Longest"},
    "counter_minutes": {"id": "{minutes} menit", "en": "{minutes} min"},
    "counter_pause": {"id": "Istirahat", "en": "Pause"},
    "counter_resume": {"id": "Lanjutkan", "en": "Go on"},
    "counter_paused": {"id": "Loket sedang istirahat", "en": "The counter is paused"},
    "counter_paused_hint": {
        "id": "Tidak ada nomor yang dipanggil sampai Anda melanjutkan.",
        "en": "No number is called until you go on.",
    },
    "counter_close": {"id": "Tutup loket", "en": "Close the counter"},
    "counter_queues": {"id": "Antrean yang dilayani", "en": "Queues served"},
    "counter_queues_change": {"id": "Ubah antrean", "en": "Change queues"},
    "counter_queues_keep": {"id": "Simpan", "en": "Save"},
    "counter_next": {"id": "Panggil berikutnya", "en": "Call next"},
    "counter_nobody": {"id": "Belum ada yang menunggu", "en": "Nobody is waiting"},
    "counter_nobody_hint": {
        "id": "Nomor baru muncul di sini dengan sendirinya.",
        "en": "A new number appears here by itself.",
    },
    "counter_ready": {"id": "{count} orang menunggu", "en": "{count} people are waiting"},
    "counter_ready_one": {"id": "1 orang menunggu", "en": "1 person is waiting"},
    "counter_called": {"id": "Dipanggil", "en": "Called"},
    "counter_called_times": {
        "id": "Dipanggil {count} kali, terakhir pukul {time}",
        "en": "Called {count} times, last at {time}",
    },
    "counter_called_once": {"id": "Dipanggil pukul {time}", "en": "Called at {time}"},
    "counter_serving": {"id": "Sedang dilayani", "en": "Being served"},
    "counter_waited": {"id": "Menunggu {minutes} menit", "en": "Waited {minutes} minutes"},
    "counter_priority": {"id": "Prioritas", "en": "Priority"},
    "counter_speaks": {"id": "Tiket berbahasa Inggris", "en": "Ticket in English"},
    "counter_again": {"id": "Panggil lagi", "en": "Call again"},
    "counter_start": {"id": "Mulai layani", "en": "Start serving"},
    "counter_done": {"id": "Selesai", "en": "Done"},
    "counter_done_next": {"id": "Selesai, panggil berikutnya", "en": "Done, call next"},
    "counter_no_show": {"id": "Tidak datang", "en": "No show"},
    "counter_put_back": {"id": "Kembalikan ke antrean", "en": "Put back in line"},
    "counter_transfer": {"id": "Pindahkan ke …", "en": "Transfer to …"},
    "counter_transfer_to": {"id": "Antrean tujuan", "en": "To which queue"},
    "counter_transfer_go": {"id": "Pindahkan", "en": "Transfer"},
    "counter_more": {
        "id": "Masih ada {count} nomor lain di loket ini; selesaikan yang ini dahulu.",
        "en": "{count} more at this counter; finish this one first.",
    },
    "counter_lines": {"id": "Urutan panggilan", "en": "Order of calls"},
    "counter_line_rest": {"id": "dan {count} lagi", "en": "and {count} more"},
    "counter_line_empty": {"id": "Tidak ada yang menunggu", "en": "Nobody is waiting"},
    "counter_line_count": {"id": "{count} menunggu", "en": "{count} waiting"},
    "counter_missed": {"id": "Tidak datang", "en": "Did not come"},
    "counter_missed_hint": {
        "id": "Datang terlambat? Kembalikan: ia masuk lagi di tempatnya semula.",
        "en": "Here after all? Put the number back: it stands where it stood.",
    },
    "counter_missed_back": {"id": "Kembalikan {number}", "en": "Put {number} back"},
    "counter_keys": {
        "id": "Tombol F2, F4, F8, F9, dan F10 di papan ketik bekerja seperti tombol di layar.",
        "en": "The keys F2, F4, F8, F9 and F10 work like the buttons on the screen.",
    },
    "counter_note_lost": {
        "id": "Loket Anda sudah dibuka orang lain atau ditutup. Pilih loket lagi.",
        "en": "Somebody else has taken your counter, or it was closed. Choose a counter again.",
    },
    "counter_note_none": {"id": "Loket itu tidak ada lagi.", "en": "That counter does not exist any more."},
    "counter_note_taken": {
        "id": "Loket itu baru saja dibuka orang lain.",
        "en": "Somebody else has just opened that counter.",
    },
    "counter_note_no_queue": {
        "id": "Pilih sedikitnya satu antrean.",
        "en": "Choose at least one queue.",
    },
    "counter_note_busy": {
        "id": "Selesaikan dahulu nomor yang ada di loket.",
        "en": "Finish the number at the counter first.",
    },
    "counter_note_paused": {
        "id": "Loket sedang istirahat. Lanjutkan dahulu.",
        "en": "The counter is paused. Go on first.",
    },
    "counter_note_empty": {"id": "Belum ada yang menunggu.", "en": "Nobody is waiting."},
    "counter_note_shut": {
        "id": "Loket ini sedang ditutup oleh pengelola. Nomor dapat dipanggil lagi setelah dibuka.",
        "en": "A manager has closed this counter. Numbers can be called again once it is open.",
    },
    "counter_note_gone": {
        "id": "Nomor itu sudah berubah keadaan: dibatalkan, atau sudah ditekan di jendela lain.",
        "en": "That number has changed: cancelled, or handled in another window.",
    },
    "counter_note_queue": {"id": "Antrean tujuan itu tidak ada.", "en": "There is no such queue."},
}
